import { readEnvironment } from '../../config/environment.ts';
import { type DoctorCheck, warning, well } from '../finding.ts';

/** Values that were tolerated, names that are not known, features that are not enabled: what the start would log. */
export const settings: DoctorCheck = {
  id: 'settings',
  run: ({ config, env }) =>
    config.warnings.length === 0
      ? [well(`All ${readEnvironment(env).pairs.length} variables of the environment are understood or not ours.`)]
      : config.warnings.map((sentence) => warning(sentence, 'Correct or remove the variable; .env.example lists them all.'))
};
