"""What settings name by ARNs, and what stands behind them."""

from cognomen.settings.kind import text

KEY_ARNS = text("the ARN of a key", r"arn:[^:\s]+:kms:[a-z0-9-]*:[0-9]*:(key|alias)/\S+")
TRIGGER_ARNS = text("the ARN of a function", r"arn:[^:\s]+:lambda:[a-z0-9-]*:[0-9]*:function:\S+")
LOG_ARNS = text("the ARN of a log group, a bucket or a stream", r"arn:[^:\s]+:(logs|s3|firehose):[a-z0-9-]*:[0-9]*:\S+")
LOG_TARGETS = text(
    "file:PATH, an https:// URL, or an http:// URL of this machine",
    r"file:.+|https://[^\s/]\S*|http://([^\s/@]*@)?(127\.0\.0\.1|localhost|\[::1\])([:/]\S*)?",
)
