import { synthesizeRepository } from './synthesize-repository.js';

/** Leaves the folder's path for the tests, which run in processes of their own. */
export default function setup() {
  process.env.CDK_VALIDATION = 'false'; // one test of its own looks after validation
  process.env.SLIPWAY_FIXTURE = synthesizeRepository();
}
