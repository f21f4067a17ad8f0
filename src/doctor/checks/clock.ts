import { IANAZone } from 'luxon';
import { readEnvironment } from '../../config/environment.ts';
import { type DoctorCheck, type Finding, warning, well, wrong } from '../finding.ts';

const FIRST_YEAR = 2025;
const LAST_YEAR = 2099;
const NTP = 'Let the clock be set by the network (NTP): readings with a wrong time hide or fake alarms.';

/** Whether this machine knows what time it is. */
export const clock: DoctorCheck = {
  id: 'clock',
  run({ env, now }) {
    const at = new Date(now());
    const year = at.getUTCFullYear();
    const found: Omit<Finding, 'check'>[] = [];
    if (year < FIRST_YEAR || year > LAST_YEAR) found.push(wrong(`This machine believes the year is ${year}.`, NTP));
    const zone = readEnvironment(env).lookup('TZ')?.text;
    if (zone !== undefined && !IANAZone.isValidZone(zone.replace(/^:/, '')))
      found.push(warning(`TZ="${zone.slice(0, 40)}" is no time zone; UTC is used.`, 'TZ: a name such as Europe/Berlin.'));
    if (found.length > 0) return found;
    return [
      well(`It is ${at.toISOString().slice(0, 16)}Z; the time zone is ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`)
    ];
  }
};
