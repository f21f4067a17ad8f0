import { siteRoutes } from '../openapi/document.ts';
import { accessRisks } from './access-risks.ts';
import { type Abilities, abilitiesOf } from './callers.ts';
import { bySeverity, type Finding } from './finding.ts';
import type { AuditedSite } from './site.ts';
import { transportRisks } from './transport-risks.ts';

/** Who may what on a site, and what about it is a risk. */
export interface Audit {
  readonly abilities: readonly Abilities[];
  readonly findings: readonly Finding[];
}

/** Looks at a site with its present settings. Rights come from the rules the server checks by, routes from those it describes. */
export function audit(site: AuditedSite): Audit {
  const abilities = abilitiesOf(site, siteRoutes(site.config));
  return { abilities, findings: bySeverity([...accessRisks(site, abilities), ...transportRisks(site)]) };
}
