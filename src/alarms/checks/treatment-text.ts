import type { Timed } from '../../live/live.ts';
import { numberOf } from '../../plugins/reading.ts';
import { roundInsulin } from '../../plugins/units.ts';
import { wordOf } from './words.ts';

/** How a treatment is told: `Meal Bolus`, and line by line what it holds. */
export interface TreatmentText {
  readonly title: string;
  readonly message: string;
}

/**
 * A treatment in words (properties-plugins §C.13). Every line but the first begins a new one, also where it is the first that is
 * there, as clients have always got it.
 */
export function treatmentText(treatment: Timed): TreatmentText {
  const title = wordOf(treatment.eventType) ?? guessedType(treatment);
  if (title === 'Temporary Target' && numberOf(treatment.duration) === 0) {
    return { title: 'Temporary Target Cancel', message: 'Canceled' };
  }
  const glucose = wordOf(treatment.glucose);
  const glucoseType = wordOf(treatment.glucoseType);
  const bg = glucose === undefined ? '' : `BG: ${glucose}${glucoseType ? ` (${glucoseType})` : ''}`;
  const others = linesOf(treatment).map(([label, value]) => `\n${label}: ${value}`);
  return { title, message: `${bg}${others.join('')}` || '...' };
}

function linesOf(treatment: Timed): (readonly [string, string])[] {
  const insulin = numberOf(treatment.insulin);
  const percent = numberOf(treatment.percent);
  const absolute = numberOf(treatment.absolute);
  const lines: (readonly [string, string | undefined])[] = [
    ['Reason', wordOf(treatment.reason)],
    ['Target Top', wordOf(treatment.targetTop)],
    ['Target Bottom', wordOf(treatment.targetBottom)],
    ['Carbs', withUnit(treatment.carbs, 'g')],
    ['Insulin', insulin ? `${roundInsulin(insulin)}U` : undefined],
    ['Duration', withUnit(treatment.duration, ' min')],
    ['Percent', percent ? `${percent > 0 ? '+' : ''}${percent}%` : undefined],
    ['Value', absolute === undefined ? undefined : `${absolute}U`],
    ['Entered By', wordOf(treatment.enteredBy)],
    ['Notes', wordOf(treatment.notes)]
  ];
  return lines.filter((line): line is readonly [string, string] => line[1] !== undefined);
}

function withUnit(value: unknown, unit: string): string | undefined {
  const word = wordOf(value);
  return word === undefined ? undefined : `${word}${unit}`;
}

/** What a treatment without a type must be. `Correcton` is misspelled in the reference. */
function guessedType({ carbs, insulin }: Timed): string {
  if (carbs && insulin) return 'Meal Bolus';
  if (carbs) return 'Carb Correction';
  return insulin ? 'Correcton Bolus' : 'Note';
}
