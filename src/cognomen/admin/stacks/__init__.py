"""CloudFormation templates: reading them, finding what has to change, and changing it by AWS's own operations."""
