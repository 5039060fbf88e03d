// The section `xray`.
import { z } from 'zod';
import {
  MAX_ANNOTATION_KEY_CHARS,
  MAX_ANNOTATIONS,
  MAX_SEGMENTS_PER_SECOND,
} from '../../exporters/xray/limits.ts';
import { XRAY_DEFAULTS, type XraySettings } from '../../exporters/xray/settings.ts';
import { distinct, section, wholeNumber, words } from './parts.ts';

export const xraySchema = section({
  indexedAttributes: distinct(
    words('an attribute key', MAX_ANNOTATION_KEY_CHARS),
    MAX_ANNOTATIONS,
    'attribute keys',
  ).optional(),
  indexAllAttributes: z.boolean().optional(),
  segmentsPerSecond: wholeNumber(1, 100_000).optional(),
});

/**
 * @param logGroupTemplate where the logs of the same resource go, so that the console finds them
 * @param instances functions that send at the same time at most; each gets an equal share of X-Ray's rate
 */
export function xraySettings(
  xray: z.output<typeof xraySchema>,
  logGroupTemplate: string,
  instances: number,
): XraySettings {
  const ofAccount = xray.segmentsPerSecond ?? MAX_SEGMENTS_PER_SECOND;
  return {
    ...XRAY_DEFAULTS,
    indexedAttributes: xray.indexedAttributes ?? XRAY_DEFAULTS.indexedAttributes,
    indexAllAttributes: xray.indexAllAttributes ?? XRAY_DEFAULTS.indexAllAttributes,
    logGroupTemplate,
    segmentsPerSecond: Math.max(1, Math.floor(ofAccount / instances)),
  };
}
