/** The longest begins first. The next one comes last: the first releases of both at once are more than two cores carry. */
const FIRST = 'scenarios/push.test.ts';
const LAST = 'scenarios/road.test.ts';

/** Jest's interface of what brings test files into an order: https://jestjs.io/docs/configuration#testsequencer-string */
export default class Sequencer {
  sort(tests) {
    const rank = ({ path }) => Number(path.endsWith(LAST)) - Number(path.endsWith(FIRST));
    return [...tests].sort((one, other) => rank(one) - rank(other) || (one.path < other.path ? -1 : 1));
  }

  shard(tests) {
    return tests;
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}
}
