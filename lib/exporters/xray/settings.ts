// What the X-Ray exporter can be told; defaults are in one constant.

export interface XraySettings {
  /** Attribute keys (span or resource) written as annotations, which X-Ray indexes. */
  readonly indexedAttributes: readonly string[];
  /** Every attribute with a plain value an annotation; the limit of 50 still holds. */
  readonly indexAllAttributes: boolean;
  /** Log groups that the segment names, so that the console finds the logs; a template as in the logs settings. */
  readonly logGroupTemplate: string;
  /** Segments that one instance of the function sends a second: its share of what X-Ray takes from the account. */
  readonly segmentsPerSecond: number;
}

export const XRAY_DEFAULTS: XraySettings = {
  indexedAttributes: [],
  indexAllAttributes: false,
  logGroupTemplate: '/tidewatch/{service.name}',
  segmentsPerSecond: 260,
};
