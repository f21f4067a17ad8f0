import { type DoctorCheck, well, wrong } from '../finding.ts';

const FLOOR = [20, 19] as const;

/** Whether a version of Node.js is new enough; package.json demands the same. @param version `20.19.0` */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > FLOOR[0] || (major === FLOOR[0] && minor >= FLOOR[1]);
}

export const node: DoctorCheck = {
  id: 'node',
  run: () => [
    isNewEnough(process.versions.node)
      ? well(`Node.js ${process.versions.node}.`)
      : wrong(`Node.js ${process.versions.node} is too old.`, `Install Node.js ${FLOOR.join('.')} or newer.`)
  ]
};
