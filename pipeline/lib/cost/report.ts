import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Resource, type Resources, type Use, usd, usesOf } from './bill.ts';
import { PRICES, type Price, SOURCES } from './prices.ts';
import { usageOf } from './usage.ts';

/** What an environment costs a month, or what all share: pipelines, registries, artifacts. */
export interface Bill {
  readonly place: string;
  readonly uses: readonly Use[];
  readonly total: number;
}

export interface Report {
  readonly bills: readonly Bill[];
  readonly total: number;
  readonly unpriced: readonly string[];
}

export const SHARED = 'shared';

/** Adds up an assembly. `places` are the names of its environments, by which its stacks end. */
export function report(out: string, places: readonly string[], architecture: string): Report {
  const stacks = readStacks(out);
  const unpriced = new Set<string>();
  const longestFirst = places.toSorted((a, b) => b.length - a.length);
  const placeOf = (stack: string) => longestFirst.find(place => stack.endsWith(`-${place}`)) ?? SHARED;
  const bills = [...places, SHARED].map((place): Bill => {
    const own = stacks.filter(({ name }) => placeOf(name) === place);
    const standing = own.map(({ resources }) => usesOf(resources));
    for (const type of standing.flatMap(each => each.unpriced)) unpriced.add(type);
    const resources: Resource[] = own.flatMap(stack => Object.values(stack.resources));
    const uses = merge([
      ...standing.flatMap(each => each.uses),
      ...usageOf({ resources, arm: architecture === 'ARM64' }),
    ]);
    return { place, uses, total: sum(uses.map(usd)) };
  });
  return { bills, total: sum(bills.map(bill => bill.total)), unpriced: [...unpriced].sort() };
}

function readStacks(out: string): { name: string; resources: Resources }[] {
  const suffix = '.template.json';
  return readdirSync(out)
    .filter(file => file.endsWith(suffix))
    .map(file => {
      const template = JSON.parse(readFileSync(join(out, file), 'utf8')) as { Resources: Resources };
      return { name: file.slice(0, -suffix.length), resources: template.Resources };
    });
}

/** Equal items are one: their counts add up. */
function merge(uses: readonly Use[]): Use[] {
  const merged = new Map<string, Use>();
  for (const use of uses) {
    const known = merged.get(use.item);
    merged.set(use.item, known ? add(known, use) : use);
  }
  return [...merged.values()];
}

function add(one: Use, other: Use): Use {
  const [count, each = ''] = splitSum(one.sum);
  const [more, same = ''] = splitSum(other.sum);
  const sum = each === same ? `${count + more}${each}` : `${one.sum} + ${other.sum}`;
  return { ...one, quantity: one.quantity + other.quantity, sum };
}

function splitSum(sum: string): [number, string] {
  const [, count, rest] = /^(\d+)(.*)$/.exec(sum) ?? [];
  return [Number(count), rest ?? ''];
}

/** The sums as a table: an item a row, with how its quantity came about. */
export function sumsTable({ bills, total }: Report): string {
  const rows = bills.flatMap(bill => [
    `| **${bill.place}** | | | **${money(bill.total)}** |`,
    ...bill.uses.map(use => {
      const { unit, usd: price }: Price = PRICES[use.price];
      const mark = 'basis' in PRICES[use.price] ? ' †' : '';
      return `| ${use.item} | ${use.sum} | ${price}${mark} per ${unit} | ${money(usd(use))} |`;
    }),
  ]);
  return [
    '| | Quantity | Price | USD |',
    '|---|---|---|---:|',
    ...rows,
    `| **all** | | | **${money(total)}** |`,
  ].join('\n');
}

/** Each price with its source. */
export function pricesTable(): string {
  const rows = Object.values<Price>(PRICES).map(({ usd: price, unit, usageType, source, basis }) => {
    const { text, read } = SOURCES[source];
    const usage = usageType ? `\`${usageType}\`` : '';
    return `| ${price} | ${unit} | ${usage} | ${text} | ${read} | ${basis ? `† ${basis}` : ''} |`;
  });
  return [
    '| USD | per | Usage type | Source | Read | Not confirmed: rests on |',
    '|---:|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

export function money(amount: number): string {
  return amount.toFixed(2);
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
