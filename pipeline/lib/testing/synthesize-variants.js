import { asiaEnvironments, RICH } from './fixture.ts';
import setupFixture from './synthesize-fixture.js';
import { synthesizeRepository } from './synthesize-repository.js';

/** Besides: a service that says all that a contract can say, and several accounts and regions. */
export default function setup() {
  setupFixture();
  process.env.SLIPWAY_RICH_FIXTURE = synthesizeRepository(RICH);
  process.env.SLIPWAY_ASIA_FIXTURE = synthesizeRepository({ environments: asiaEnvironments() });
}
