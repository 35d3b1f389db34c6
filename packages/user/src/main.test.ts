import { describeBundle } from '@slipway/service-kit/testing';

describeBundle(`${import.meta.dirname}/..`);
