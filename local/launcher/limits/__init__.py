"""What AWS refuses and ministack accepts: published limits, kept here and not taken from the product's own tables.

`INTERCEPTORS[(service, operation)]` is `async (call, proceed) -> answer`; it may refuse, or change what it passes on.
"""
from launcher.limits import cloudwatch, logs, scheduler, sqs

INTERCEPTORS = {
    ("monitoring", "PutMetricData"): cloudwatch.put_metric_data,
    ("monitoring", "GetMetricData"): cloudwatch.get_metric_data,
    ("logs", "PutLogEvents"): logs.put_log_events,
    ("logs", "CreateLogGroup"): logs.create_log_group,
    ("logs", "CreateLogStream"): logs.create_log_stream,
    ("sqs", "SendMessage"): sqs.send_message,
    ("sqs", "SendMessageBatch"): sqs.send_message_batch,
    ("scheduler", "CreateSchedule"): scheduler.write_schedule,
    ("scheduler", "UpdateSchedule"): scheduler.write_schedule,
}
