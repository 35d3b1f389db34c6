import { Stack } from 'aws-cdk-lib/core';

/** Loaded before synthesis: somebody has written the day into the description of every stack. */
const toTemplate = Stack.prototype._toCloudFormation;
Stack.prototype._toCloudFormation = function describe() {
  this.templateOptions.description = `Made on ${new Date().toISOString().slice(0, 10)}`;
  return toTemplate.call(this);
};
