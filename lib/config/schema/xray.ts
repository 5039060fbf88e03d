// The section `xray`.
import { z } from 'zod';
import { XRAY_DEFAULTS, type XraySettings } from '../../exporters/xray/settings.ts';
import { distinct, section, words } from './parts.ts';

/** Annotations that X-Ray indexes in a trace. @see X-Ray segment documents, 2026-11 */
const MAX_ANNOTATIONS = 50;

export const xraySchema = section({
  indexedAttributes: distinct(words('an attribute key', 500), MAX_ANNOTATIONS, 'attribute keys').optional(),
  indexAllAttributes: z.boolean().optional(),
});

/** @param logGroupTemplate where the logs of the same resource go, so that the console finds them */
export function xraySettings(xray: z.output<typeof xraySchema>, logGroupTemplate: string): XraySettings {
  return {
    ...XRAY_DEFAULTS,
    indexedAttributes: xray.indexedAttributes ?? XRAY_DEFAULTS.indexedAttributes,
    indexAllAttributes: xray.indexAllAttributes ?? XRAY_DEFAULTS.indexAllAttributes,
    logGroupTemplate,
  };
}
