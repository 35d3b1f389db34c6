/**
 * Loaded before a program, this makes it believe that it is another day: what it says about now is a year and some more
 * ahead. Imported for that effect alone.
 */
const AHEAD_MS = 400.3 * 24 * 3_600_000;
const RealDate = Date;

class LaterDate extends RealDate {
  constructor(...parts: [] | ConstructorParameters<typeof Date>) {
    if (parts.length === 0) super(LaterDate.now());
    else super(...(parts as ConstructorParameters<typeof Date>));
  }

  static override now(): number {
    return RealDate.now() + AHEAD_MS;
  }
}

globalThis.Date = LaterDate as DateConstructor;
