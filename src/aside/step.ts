/** How far long work is: a sentence without end mark (`structure checked`), or an amount that grows. */
export type Step =
  | string
  | {
      /** What was done to them, which also tells one stretch of the work from the next: `copied`. */
      readonly verb: string;
      readonly done: number;
      /** Absent: nobody knows. */
      readonly total?: number;
      /** `documents`, or `bytes`, which are written as MB. */
      readonly unit: string;
    };

/** Hears of it, as often as the work likes. */
export type OnStep = (step: Step) => void;
