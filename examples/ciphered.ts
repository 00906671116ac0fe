import { Client, InvocationCounters, importKeys, parseHex, SecurityContext, wrapperChannel } from 'dlms-cosem';
import { nodeProvider } from 'dlms-cosem/security/node';
import { FileStore } from 'dlms-cosem/store/node';
import { connectTcp } from 'dlms-cosem/transport/tcp';

const { EK, AK } = process.env;
if (EK === undefined || AK === undefined)
  throw new Error('set EK and AK to the encryption and authentication key of the meter, in hexadecimal digits');
const keys = await importKeys(nodeProvider, 0, { globalUnicast: parseHex(EK), authentication: parseHex(AK) });
const security = new SecurityContext({
  provider: nodeProvider,
  suite: 0,
  systemTitle: parseHex('434C490000000001'),
  keys,
  counters: new InvocationCounters(await FileStore.open('counters')),
});
const channel = wrapperChannel(await connectTcp({ host: '192.0.2.1', port: 4059 }), { clientSap: 1, serverSap: 1 });
const client = new Client(channel, { authentication: { mechanism: 'hls-gmac' }, security });
await client.connect();
