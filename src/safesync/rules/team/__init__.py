"""Rules for stories and bugs: what a Product Owner looks after."""
