"""Azure DevOps Services: how to speak to it, and what its words mean."""
