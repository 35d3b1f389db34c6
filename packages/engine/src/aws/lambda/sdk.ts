import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A client that the engine depends on for its functions: where it is installed, the others are. */
const LANDMARK = '@aws-sdk/client-codedeploy';

/**
 * Where the SDK for JavaScript is that functions find as in Lambda's Node runtimes: the engine's own installation.
 * Throws when it is not installed.
 */
export function sdkPackages(): { root: string; scopes: string[] } {
  for (let directory = import.meta.dirname; ; directory = dirname(directory)) {
    const root = join(directory, 'node_modules');
    if (existsSync(join(root, LANDMARK)))
      return { root: realpathSync(root), scopes: ['@aws-sdk', '@smithy'] };
    if (directory === dirname(directory))
      throw new Error(`${LANDMARK} is not installed: run npm ci in the checkout of the engine`);
  }
}
