"""The edge: HTTP/1.1 as strangers send it, refused wherever two readers could understand it differently (RFC 9112)."""
