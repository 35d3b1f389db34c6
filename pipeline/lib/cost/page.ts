import { knobAmounts, knobsTable } from './knobs.ts';
import { comparisonTable } from './references.ts';
import { money, pricesTable, type Report, sumsTable } from './report.ts';

/** The sums of the page may be off by this share: a service more or less is nobody's reason to write it anew. */
const TOLERANCE = 0.1;

/** Puts the tables between their marks in docs/cost.md, `<!-- sums -->` to `<!-- /sums -->` and so on. */
export function writeTables(page: string, report: Report): string {
  const all = { ...tables(), sums: sumsTable(report), comparison: comparisonTable(report) };
  return Object.entries(all).reduce(
    (text, [name, table]) =>
      text.replace(
        marked(text, name),
        (_, open: string, _told: string, close: string) => `${open}\n${table}\n\n${close}`,
      ),
    page,
  );
}

/** What a page and environments.yaml tell that is not so: a sentence each. */
export function differences(page: string, environments: string, report: Report): string[] {
  const stale = Object.entries(tables()).filter(([name, table]) => {
    const [, , told] = marked(page, name).exec(page) ?? [];
    return told?.trim() !== table;
  });
  const told = Number(/^\| \*\*all\*\* .*\*\*([\d.]+)\*\*/m.exec(page)?.[1]);
  const far = !(Math.abs(told - report.total) <= TOLERANCE * report.total);
  const amounts = [...environments.matchAll(/USD ([\d.]*\d)/g)].map(([, amount]) => amount!);
  const unknown = amounts.filter(amount => !knobAmounts().includes(amount));
  return [
    ...stale.map(([name]) => `docs/cost.md: the table "${name}" is not what pipeline/lib/cost says`),
    ...(far ? [`docs/cost.md: the sum is ${told}, the templates add up to ${money(report.total)}`] : []),
    ...unknown.map(
      each => `pipeline/environments.yaml: USD ${each} is no amount of docs/cost.md's list of choices`,
    ),
    ...report.unpriced.map(each => `${each} has no price: add one to pipeline/lib/cost/bill.ts`),
  ];
}

/** Those that depend on prices alone. */
function tables(): Record<string, string> {
  return { knobs: knobsTable(), prices: pricesTable() };
}

function marked(page: string, name: string): RegExp {
  const mark = new RegExp(`(<!-- ${name} -->\n)((?:(?!<!--)[\\s\\S])*)(<!-- /${name} -->)`);
  if (!mark.test(page)) throw new Error(`docs/cost.md has no place for the table ${name}`);
  return mark;
}
