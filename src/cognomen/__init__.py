"""cognomen: an identity service that speaks Amazon Cognito's own wire."""

__version__ = "0.1.0"
