import { audit } from '../../audit/audit.ts';
import { readSite } from '../../audit/site.ts';
import { readEnvironment } from '../../config/environment.ts';
import { type DoctorCheck, warning, well, wrong } from '../finding.ts';

/** What `vigil audit` finds. */
export const risks: DoctorCheck = {
  id: 'risks',
  async run({ config, env, now, offline }) {
    if (offline && config.mongo) return [well('Not looked at: subjects lie in MongoDB (offline).')];
    const treatmentsAuth = readEnvironment(env).lookup('TREATMENTS_AUTH')?.text ?? '';
    const site = await readSite(config, { now: now(), treatmentsAuthOff: /^(off|false)$/i.test(treatmentsAuth) });
    const { findings } = audit(site);
    if (findings.length === 0) return [well('vigil audit finds no risk.')];
    return findings.map(({ severity, risk, fix }) => (severity === 'high' ? wrong : warning)(risk, fix));
  }
};
