// The four services of the generated payloads, each with the 24 resource attributes that a pod in EKS has.
import type { Resource } from './otlp-json.ts';
import { attributes, type Seeded } from './seeded.ts';

export const SERVICES = ['storefront', 'orders', 'stock-api', 'accounts'] as const;

/** 2026-01-01T00:00:00Z: where generated telemetry starts unless told otherwise. */
export const DEFAULT_START_MS = Date.UTC(2026, 0, 1);

/** Resource of the service with this number; 24 attributes. */
export function resource(random: Seeded, index: number): Resource {
  const service = SERVICES[index % SERVICES.length]!;
  const pod = `${service}-${random.hex(5)}-${random.hex(2)}k`;
  return {
    attributes: attributes({
      'service.name': service,
      'service.namespace': 'bazaar',
      'service.version': `3.${index}.12`,
      'service.instance.id': `${random.hex(4)}-${random.hex(2)}-${random.hex(2)}-${random.hex(6)}`,
      'deployment.environment.name': 'production',
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.version': '2.6.0',
      'process.pid': 7 + index,
      'process.runtime.name': 'nodejs',
      'process.runtime.version': '24.21.0',
      'process.command_args': ['node', '--enable-source-maps', 'server.js'],
      'host.name': `ip-10-4-17-${index}.eu-central-1.compute.internal`,
      'host.arch': 'arm64',
      'os.type': 'linux',
      'cloud.provider': 'aws',
      'cloud.platform': 'aws_eks',
      'cloud.region': 'eu-central-1',
      'cloud.availability_zone': 'eu-central-1a',
      'cloud.account.id': '111122223333',
      'k8s.namespace.name': 'bazaar-live',
      'k8s.deployment.name': service,
      'k8s.pod.name': pod,
      'k8s.node.name': 'ip-10-4-17-200.eu-central-1.compute.internal',
    }),
  };
}
