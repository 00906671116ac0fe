// Values whose types are inferred: TypeScript must be able to write their declarations with what the package exports.
import { Client, type Transport, wrapperChannel } from 'dlms-cosem';
import {
  array,
  choice,
  doubleLongUnsigned,
  enumeration,
  octetString,
  optional,
  sequence,
  structure,
  unsigned,
} from 'dlms-cosem/axdr';
import {
  attribute,
  classes,
  fixed,
  interfaceClass,
  LogicalName,
  method,
  oneOf,
  revision,
  writable,
} from 'dlms-cosem/cosem';
import { AssociationLn } from 'dlms-cosem/cosem/association-ln';
import { Clock } from 'dlms-cosem/cosem/clock';
import { ProfileGeneric } from 'dlms-cosem/cosem/profile-generic';
import { hdlcBus } from 'dlms-cosem/transport/hdlc';

export const mode = enumeration({ off: 0, on: 1 });
export const entry = structure('entry', { mode, at: octetString, limit: doubleLongUnsigned });
export const message = sequence('Message', { id: unsigned, body: optional(octetString) });
export const either = choice('Either', { first: { tag: 1, schema: message }, second: { tag: 2, schema: entry } });
export const value = oneOf('value', { entry, entries: array(entry) });
export const Maker = interfaceClass({
  name: 'Maker',
  classId: 40000,
  version: 1,
  attributes: { logicalName: fixed(attribute(1, LogicalName)), entries: writable(attribute(2, array(entry))) },
  methods: { reset: method(1, unsigned) },
});
export const MakerV0 = revision(Maker, { version: 0, without: ['reset'] });
export const registry = classes(Maker, MakerV0, Clock);

export const clientOf = (transport: Transport) =>
  new Client(wrapperChannel(transport, { clientSap: 16, serverSap: 1 }), {});
export const clockOf = (client: Client) => client.object(Clock, '0-0:1.0.0*255');
export const readClock = (client: Client) => client.get(Clock, '0-0:1.0.0*255', 'time');
export const readList = (client: Client) => client.get(AssociationLn, '0-0:40.0.0*255', 'objectList');
export const readBuffer = (client: Client) =>
  client.object(ProfileGeneric, '1-0:99.1.0*255').get('buffer', 'captureObjects', 'sortObject');
export const bus = (transport: Transport) => hdlcBus(transport, {});
