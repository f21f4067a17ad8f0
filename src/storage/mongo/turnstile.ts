/** Lets so many in at a time; the others wait in line, first come, first served. */
export interface Turnstile {
  /** Waits for its turn. @returns a function that leaves again; called once */
  pass(): Promise<() => void>;
}

export function createTurnstile(most: number): Turnstile {
  let inside = 0;
  const line: (() => void)[] = [];
  const leave = (): void => {
    const next = line.shift();
    if (next) next();
    else inside--;
  };
  return {
    async pass() {
      if (inside < most) inside++;
      else await new Promise<void>((resolve) => line.push(resolve));
      return leave;
    }
  };
}
