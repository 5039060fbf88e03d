// Where a person looks at a metric.

/** The CloudWatch console's list of metrics that hold these words, in the Region that the reader last used. */
export function consoleUrl(words: string): string {
  return `https://console.aws.amazon.com/cloudwatch/home#metricsV2?query=${encodeURIComponent(words)}`;
}
