/** As `Number()`, by which the reference reads amounts; NaN also for an object that brought its own `valueOf` or `toString`. */
export function toNumber(value: unknown): number {
  try {
    return Number(value);
  } catch {
    return Number.NaN;
  }
}

/** As `String()`, likewise. */
export function toText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return '[object Object]';
  }
}
