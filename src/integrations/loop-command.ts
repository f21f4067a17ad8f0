import type { LoopPushSettings } from '../config/integrations.ts';

/** Payload of a push, beside what all commands share; `alert` is what the phone shows. */
export interface LoopCommand {
  readonly alert: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

/** A command that is not passed on; the sentence is the answer, in the reference's words where it has some. */
export class CommandRefused extends Error {}

type Body = Readonly<Record<string, unknown>>;
type Limits = Pick<LoopPushSettings, 'maxBolus' | 'maxCarbs'>;

/** Hours, unless the sender says otherwise. */
const ABSORPTION = 3;

/** The commands Loop knows, by `eventType` (rest-v1-v2 §12.8). */
const COMMANDS: Readonly<Record<string, (body: Body, limits: Limits) => LoopCommand>> = {
  'Temporary Override': override,
  'Temporary Override Cancel': () => ({
    alert: 'Cancel Temporary Override',
    fields: { 'cancel-temporary-override': 'true' }
  }),
  'Remote Carbs Entry': carbs,
  'Remote Bolus Entry': bolus
};

/**
 * Reads a remote command. Numbers may be text, as apps send them; `0,5` is refused, for it would be read as 0.
 * @throws CommandRefused
 */
export function readCommand(body: Body, limits: Limits): LoopCommand {
  const eventType = textOf(body.eventType);
  const command = Object.hasOwn(COMMANDS, eventType) ? COMMANDS[eventType] : undefined;
  if (!command) throw new CommandRefused('Loop notification failed: Unhandled event type:');
  return command(body, limits);
}

function override(body: Body): LoopCommand {
  const name = textOf(body.reason);
  if (!name) throw new CommandRefused('Loop override failed. The override has no name (reason).');
  const minutes = isAbsent(body.duration) ? 0 : amountOf(body.duration);
  // left out it would last until somebody ends it
  if (minutes === undefined || (minutes > 0 && minutes < 1))
    throw new CommandRefused('Loop override failed. Incorrect duration: ');
  return {
    alert: `${textOf(body.reasonDisplay) || name} Temporary Override`,
    fields: { 'override-name': name, ...(minutes > 0 && { 'override-duration-minutes': Math.trunc(minutes) }) }
  };
}

function carbs(body: Body, { maxCarbs }: Limits): LoopCommand {
  const grams = amountOf(body.remoteCarbs);
  if (grams === undefined || grams <= 0) throw new CommandRefused('Loop remote carbs failed. Incorrect carbs entry: ');
  if (grams > maxCarbs)
    throw new CommandRefused(`Loop remote carbs failed. More than LOOP_MAX_REMOTE_CARBS (${maxCarbs} g) is not passed on.`);
  const hours = isAbsent(body.remoteAbsorption) ? 0 : amountOf(body.remoteAbsorption, true);
  if (hours === undefined) throw new CommandRefused('Loop remote carbs failed. Incorrect absorption time: ');
  const absorption = hours > 0 ? hours : ABSORPTION;
  const start = textOf(body.created_at);
  if (start && Number.isNaN(Date.parse(start))) throw new CommandRefused('Loop remote carbs failed. Incorrect start time: ');
  return {
    alert: `Remote Carbs Entry: ${grams} grams\nAbsorption Time: ${absorption} hours`,
    fields: { 'carbs-entry': grams, 'absorption-time': absorption, ...otpOf(body), ...(start && { 'start-time': start }) }
  };
}

function bolus(body: Body, { maxBolus }: Limits): LoopCommand {
  const units = amountOf(body.remoteBolus);
  if (units === undefined || units <= 0) throw new CommandRefused('Loop remote bolus failed. Incorrect bolus entry: ');
  if (units > maxBolus)
    throw new CommandRefused(`Loop remote bolus failed. More than LOOP_MAX_REMOTE_BOLUS (${maxBolus} U) is not passed on.`);
  return { alert: `Remote Bolus Entry: ${units} U`, fields: { 'bolus-entry': units, ...otpOf(body) } };
}

/** The one-time password, which the app checks. */
function otpOf({ otp }: Body): { otp?: string } {
  const text = textOf(otp);
  return text ? { otp: text } : {};
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

/** A plain decimal number, as such or as text; undefined for anything else, `1e3`, `0x10` and `0,5` included. */
function amountOf(value: unknown, signed = false): number | undefined {
  const text = textOf(value).trim();
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) || (!signed && text.startsWith('-'))) return undefined;
  const amount = Number(text);
  return Number.isFinite(amount) ? amount : undefined;
}

/** Text, or a number as text; everything else is empty. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
