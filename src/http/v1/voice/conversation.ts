import { Refusal } from '../../../errors.ts';
import type { Sandbox } from '../../../plugins/sandbox.ts';
import type { V1 } from '../v1.ts';
import { metricOf, REPORT } from './metrics.ts';

/** What a voice answers, whichever assistant speaks it. */
export interface Spoken {
  readonly title: string;
  readonly text: string;
  /** Whether a further question is waited for. */
  readonly goesOn: boolean;
}

/** What to say when nothing more is said. */
export const ASK = 'You can ask for glucose, insulin on board, carbs on board, the pump or the loop.';

export const GREETING: Spoken = { title: 'Nightscout', text: `What would you like to know? ${ASK}`, goesOn: true };
const FAREWELL: Spoken = { title: 'Nightscout', text: 'Goodbye.', goesOn: false };
const APOLOGY: Spoken = { title: 'Nightscout', text: `Sorry, I do not know what you are asking for. ${ASK}`, goesOn: false };

/** What an intent of this name, in small letters, is for; an intent that carries a metric may have any name. */
const INTENTS: Readonly<Record<string, (sandbox: Sandbox) => Spoken>> = {
  nsstatus: report,
  'amazon.helpintent': () => GREETING,
  'amazon.stopintent': () => FAREWELL,
  'amazon.cancelintent': () => FAREWELL,
  'default welcome intent': () => GREETING
};

/**
 * Answers a question from the present figures. English whatever language was asked in: the language of one caller must not become
 * that of another, and there are no translations here.
 * @param intent its name as the skill calls it
 * @param metric spellings of what was asked for
 */
export function answerTo(intent: unknown, metric: readonly unknown[], sandbox: Sandbox): Spoken {
  const asked = metricOf(metric);
  if (asked)
    return { title: asked.title, text: asked.say(sandbox) ?? `${asked.title}: nothing current is known.`, goesOn: false };
  const name = typeof intent === 'string' ? intent.toLowerCase() : '';
  return Object.hasOwn(INTENTS, name) ? INTENTS[name]!(sandbox) : APOLOGY;
}

/** The view to answer from. @throws Refusal `storage-away` until the data is loaded: silence must not sound like "nothing known" */
export function presentView({ current, live }: V1): Sandbox {
  if (live.state() !== 'loaded') throw new Refusal('storage-away', 'The data is not loaded yet', 5);
  return current().sandbox;
}

function report(sandbox: Sandbox): Spoken {
  const lines = REPORT.map((say) => say(sandbox)).filter((line) => line !== undefined);
  return { title: 'Status', text: lines.length > 0 ? lines.join(' ') : 'Nothing current is known.', goesOn: false };
}
