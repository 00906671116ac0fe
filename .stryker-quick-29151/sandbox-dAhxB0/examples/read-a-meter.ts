import { Client, nobleProvider, serveWrapper, transportPair, wrapperChannel } from 'dlms-cosem';
import { Clock } from 'dlms-cosem/cosem/clock';
import { Register } from 'dlms-cosem/cosem/register';
import { simulatedMeter } from 'dlms-cosem/testing';

// A meter in memory; with a real one: `await connectTcp({ host: '192.0.2.1', port: 4059 })` from 'dlms-cosem/transport/tcp'.
const meter = await simulatedMeter({ provider: nobleProvider });
const [near, far] = transportPair();
serveWrapper(far, meter.connection());

const client = new Client(wrapperChannel(near, { clientSap: 17, serverSap: 1 }), {
  authentication: { mechanism: 'lls', password: new TextEncoder().encode('12345678') },
  ciphering: 'none', // said, because a password without ciphering goes over the line in clear
});
await client.connect();
const [value, { scaler, unit }] = await client.object(Register, '1-0:1.8.0*255').get('value', 'scalerUnit');
console.log(value.type, 'value' in value && value.value, `x 10^${scaler} ${unit}`);
console.log((await client.get(Clock, '0-0:1.0.0*255', 'time')).year);
await client.close();
