// Synthesises the stack for tests, with bundles of one line: nothing has to be built.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { TidewatchStack } from '../../infra/stacks/tidewatch-stack.ts';
import type { TidewatchConfig } from '../../lib/config/define.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const FUNCTIONS = [
  'ingest-otlp',
  'export-telemetry',
  'evaluate-slos',
  'detect-anomalies',
  'record-changes',
  'canary-hook',
  'watch-logs',
  'route-alerts',
  'notify',
  'sweep-timers',
  'escalate',
  'api',
  'receive-events',
] as const;

export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: templates are JSON of many shapes, looked into by tests only
  readonly properties: any;
  readonly deletionPolicy: string | undefined;
}

export interface Synthesized {
  readonly app: App;
  readonly stack: TidewatchStack;
  /** Folder with the assets and the template. */
  readonly folder: string;
  readonly templateFile: string;
  readonly resources: readonly Resource[];
  // biome-ignore lint/suspicious/noExplicitAny: outputs are JSON of many shapes too
  readonly outputs: Readonly<Record<string, any>>;
  ofType(type: string): readonly Resource[];
}

/** Bundles that only have the right names. */
export function tinyBundles(): string {
  const folder = temporaryFolder();
  for (const name of FUNCTIONS) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'index.mjs'), 'export const handler = async () => ({});\n');
    writeFileSync(join(folder, name, 'index.mjs.map'), '{}');
  }
  return folder;
}

/** @param config what a user would write */
export function synthesize(config: TidewatchConfig): Synthesized {
  const folder = temporaryFolder();
  const app = new App({ outdir: folder });
  const stack = new TidewatchStack(app, { config, bundles: tinyBundles() });
  const artifact = app.synth().getStackArtifact(stack.artifactId);
  const resources = Object.entries(artifact.template.Resources as Record<string, TemplateResource>).map(
    ([logicalId, resource]): Resource => ({
      logicalId,
      type: resource.Type,
      properties: resource.Properties,
      deletionPolicy: resource.DeletionPolicy,
    }),
  );
  return {
    app,
    stack,
    folder,
    templateFile: artifact.templateFullPath,
    resources,
    outputs: artifact.template.Outputs,
    ofType: (type) => resources.filter((resource) => resource.type === type),
  };
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties: unknown;
  readonly DeletionPolicy?: string;
}
