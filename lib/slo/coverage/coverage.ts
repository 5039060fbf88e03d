// Services and SLOs → which services have an SLO, and which of tier 1 have none. Pure.
import type { SloSettings } from '../settings.ts';

export interface Service {
  readonly name: string;
  /** 1 is the most important; undefined where nobody said. */
  readonly tier: number | undefined;
}

export interface CoveredService {
  readonly service: string;
  readonly tier: number | null;
  /** Names of its SLOs. */
  readonly slos: readonly string[];
}

export interface Coverage {
  /** By tier, those without one last, then by name. */
  readonly services: readonly CoveredService[];
  /** Share of the services that have an SLO, 0..1; 1 when there is no service. */
  readonly covered: number;
  /** Services of tier 1 without an SLO. */
  readonly missing: readonly string[];
  /** SLOs that name no service, or one that was not seen. */
  readonly otherSlos: readonly string[];
}

/** @param services a name may come twice: the more important tier counts, also that of its SLOs */
export function coverageOf(
  services: readonly Service[],
  slos: readonly Pick<SloSettings, 'name' | 'service' | 'tier'>[],
): Coverage {
  const tiers = new Map<string, number | undefined>();
  for (const { name, tier } of services) tiers.set(name, moreImportant(tiers.get(name), tier));
  const names = new Map<string, string[]>([...tiers.keys()].map((name) => [name, []]));
  const otherSlos: string[] = [];
  for (const { name, service, tier } of slos) {
    const own = names.get(service);
    if (own === undefined) {
      otherSlos.push(name);
      continue;
    }
    own.push(name);
    tiers.set(service, moreImportant(tiers.get(service), tier));
  }
  const last = Number.POSITIVE_INFINITY;
  const list = [...names]
    .map(([service, own]) => ({ service, tier: tiers.get(service) ?? null, slos: own }))
    .sort((a, b) => (a.tier ?? last) - (b.tier ?? last) || (a.service < b.service ? -1 : 1));
  const withSlo = list.filter(({ slos: own }) => own.length > 0).length;
  return {
    services: list,
    covered: list.length === 0 ? 1 : withSlo / list.length,
    missing: list
      .filter(({ tier, slos: own }) => tier === 1 && own.length === 0)
      .map(({ service }) => service),
    otherSlos,
  };
}

function moreImportant(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
