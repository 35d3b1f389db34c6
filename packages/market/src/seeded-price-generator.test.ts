import { expect, test } from '@jest/globals';
import { createSeededPriceGenerator } from './seeded-price-generator.ts';

const noon = new Date('2030-01-01T12:00:00Z');
const later = (ms: number) => new Date(noon.getTime() + ms);

test('every task says the same price at the same time', async () => {
  const [one, other] = [createSeededPriceGenerator('seed'), createSeededPriceGenerator('seed')];
  expect(await one.list(noon)).toEqual(await other.list(noon));
});

test('another seed makes another market', async () => {
  const one = await createSeededPriceGenerator('seed').find('KEEL', noon);
  expect(await createSeededPriceGenerator('other').find('KEEL', noon)).not.toEqual(one);
});

test('prices move, but never far in a minute, and stay prices for years', async () => {
  const feed = createSeededPriceGenerator('seed');
  for (let day = 0; day < 1000; day++) {
    const at = later(day * 86_400_000);
    const [{ price: before }, { price: after }] = await Promise.all([
      feed.find('KEEL', at).then(quote => quote!),
      feed.find('KEEL', new Date(at.getTime() + 60_000)).then(quote => quote!),
    ]);
    expect(before).toBeGreaterThan(10);
    expect(Math.abs(after - before) / before).toBeLessThan(0.02);
  }
  expect(await feed.find('KEEL', later(3_600_000))).not.toMatchObject({
    price: (await feed.find('KEEL', noon))!.price,
  });
});

test('the change of a day begins with nothing at midnight', async () => {
  const quotes = await createSeededPriceGenerator('seed').list(new Date('2030-01-01T00:00:00Z'));
  expect(quotes.map(({ change }) => change)).toEqual(quotes.map(() => 0));
});
