#!/usr/bin/env node
/**
 * Writes committed files that are made of the definition, once a person has seen why they change.
 *
 *   npm run record -w @slipway/pipeline -- iam
 */
import { synthesizeExample } from '../lib/records/example.ts';
import { RECORDS, writeRecord } from '../lib/records/record.ts';

const asked = process.argv.slice(2);
const unknown = asked.find(name => !Object.hasOwn(RECORDS, name));
if (asked.length === 0 || unknown !== undefined) {
  console.error(`Name what to record: ${Object.keys(RECORDS).join(', ')}.`);
  process.exitCode = 1;
} else {
  process.env.CDK_VALIDATION = 'false';
  const example = synthesizeExample();
  for (const name of asked) {
    writeRecord(RECORDS[name]!, example);
    console.log(`wrote ${RECORDS[name]!.path}`);
  }
}
