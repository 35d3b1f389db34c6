/** A time of day on a calendar day, wherever that is; months from 1. */
export interface LocalTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether a name is one of the IANA time zones. */
export function isZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What clocks in a zone show at a moment (epoch milliseconds). */
export function localTimeAt(zone: string, at: number): LocalTime {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  return { year, month, day, hour, minute, second };
}

/**
 * The moment when clocks in a zone show a time: the first one where they are set back, none where they are set forward
 * past it. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
 */
export function momentOf(zone: string, local: LocalTime): number | undefined {
  const asUtc = utcOf(local);
  const offsets = [asUtc - DAY_MS, asUtc + DAY_MS].map(at => utcOf(localTimeAt(zone, at)) - at);
  const moments = offsets.map(offset => asUtc - offset).filter(at => utcOf(localTimeAt(zone, at)) === asUtc);
  return moments.length > 0 ? Math.min(...moments) : undefined;
}

function utcOf({ year, month, day, hour, minute, second }: LocalTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const numeric = 'numeric' as const;
  const made = new Intl.DateTimeFormat('en-u-hc-h23', {
    ...{ timeZone, calendar: 'gregory', year: numeric, month: numeric, day: numeric },
    ...{ hour: numeric, minute: numeric, second: numeric },
  });
  formats.set(timeZone, made);
  return made;
}
