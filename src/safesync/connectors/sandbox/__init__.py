"""A small organisation behind both REST dialects, to try SafeSync without a tracker."""
