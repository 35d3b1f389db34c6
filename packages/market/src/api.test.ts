import { describeFuzz, describeOpenApi } from '@slipway/service-kit/testing';
import { createTestMarket, serviceFolder } from './testing/world.ts';

const create = () => createTestMarket({ mostListeners: 500 }).app;
const known = {
  symbol: 'KEEL',
  symbols: 'KEEL,SAIL',
  from: '2030-01-03T06:00:00Z',
  to: '2030-01-03T08:00:00Z',
};

describeOpenApi(serviceFolder, create, { known });
describeFuzz(serviceFolder, create, { known });
