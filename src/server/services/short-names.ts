import type { Data } from '../../axdr/data.js';
import { decode, encode } from '../../axdr/schema.js';
import { apduFacts } from '../../core/apdu-facts.js';
import { DlmsError } from '../../core/errors.js';
import { associationSnBase, type MethodOffset, methodOffset } from '../../cosem/short-names.js';
import { shortNameConformance } from '../../session/short-name.js';
import { Apdu } from '../../xdlms/apdu.js';
import type { EncodedApdu } from '../../xdlms/encoded-apdu.js';
import { exception } from '../exception.js';
import type { Exchange } from '../exchange.js';
import type { HlsRequest, ServerReferencing, ServerServices } from '../referencing.js';
import { decodeRequest } from './decode-request.js';
import { serveRead } from './read.js';
import type { ServiceOptions } from './service-context.js';
import { ShortNameContext, serviceError } from './short-name-context.js';
import { layOut, type ShortNameLayout } from './short-name-layout.js';
import { serveWrite } from './write.js';

/** Options of {@link serverShortNames}. */
export interface ServerShortNameOptions {
  /** Base names (multiples of 8) by logical name. Other objects follow one another from 0100. */
  readonly baseNames?: Readonly<Record<string, number>>;
  /** Offsets of methods that this library does not know. Methods without a known offset cannot be invoked. */
  readonly methodOffset?: MethodOffset;
  /**
   * What the blocks of a long response contain together. False (default): the list of results without its count and
   * without the choice of the first result, which for a single attribute is only its Data, as the Gurux servers send it
   * and their clients need it. True: the same list as in a response without blocks. The client of this library reads
   * both.
   */
  readonly blocksWithCount?: boolean;
}
/**
 * Short name referencing for an association of a meter: `{ clientSap: 32, …, referencing: serverShortNames() }`. It
 * serves the objects of the logical device, and makes the current association: an Association SN at FA00 with object
 * list and access rights.
 */
export function serverShortNames(options: ServerShortNameOptions = {}): ServerReferencing {
  const offsets: MethodOffset = (classId, version, method) =>
    options.methodOffset?.(classId, version, method) ?? methodOffset(classId, version, method);
  return {
    kind: 'SN',
    vaaName: -1536,
    conformance: shortNameConformance,
    check: (objects, rights) => void layOut({ objects, rights }, options.baseNames ?? {}, offsets),
    services: (o) =>
      new ShortNameServices(o, () => layOut(o, options.baseNames ?? {}, offsets), options.blocksWithCount ?? false),
    hlsRequest: (plain) => hlsRequest(plain, associationSnBase + (offsets(12, 2, 8) ?? 0)),
  };
}

/** A READ with the reply as parameter; or a WRITE, as sent by the Gurux family, which is answered like a READ. */
function hlsRequest(plain: Uint8Array, name: number): HlsRequest | undefined {
  const apdu = decode(Apdu, plain, { lenient: true });
  let parameter: Data | undefined;
  if (apdu.type === 'readRequest') {
    const [only] = apdu.value;
    if (apdu.value.length === 1 && only?.type === 'parameterized-access' && (only.variableName & 0xffff) === name)
      parameter = only.parameter;
  } else if (apdu.type === 'writeRequest') {
    const [only] = apdu.variableAccessSpecification;
    if (
      apdu.variableAccessSpecification.length === 1 &&
      only?.type === 'variable-name' &&
      (only.value & 0xffff) === name
    )
      parameter = apdu.listOfData[0];
  }
  if (parameter?.type !== 'octet-string') return undefined;
  return {
    reply: parameter.value,
    answer: (value) =>
      encode(Apdu, {
        type: 'readResponse',
        value: [
          value === undefined
            ? { type: 'data-access-error', value: 'read-write-denied' }
            : { type: 'data', value: { type: 'octet-string', value } },
        ],
      }),
  };
}

/** READ and WRITE of one open association, on plain APDUs. */
class ShortNameServices implements ServerServices {
  readonly #options: ServiceOptions;
  readonly #lay: () => ShortNameLayout;
  readonly #blocksWithCount: boolean;
  /** Made at the first request, because the layout looks at every object of the device. */
  #context: ShortNameContext | undefined;

  constructor(options: ServiceOptions, lay: () => ShortNameLayout, blocksWithCount: boolean) {
    this.#options = options;
    this.#lay = lay;
    this.#blocksWithCount = blocksWithCount;
  }
  get held(): number {
    return this.#context?.held ?? 0;
  }
  async handle(request: Uint8Array, exchange: Exchange): Promise<Uint8Array | undefined> {
    this.#context ??= new ShortNameContext(this.#options, this.#lay());
    const context = this.#context;
    let apdu: EncodedApdu;
    try {
      apdu = decodeRequest(request);
    } catch (e) {
      if (!(e instanceof DlmsError)) throw e;
      return serviceError(request[0] === apduFacts.writeRequest.tag ? 'write' : 'read', 'other');
    }
    switch (apdu.type) {
      case 'readRequest':
        if (!context.supports('read')) return serviceError('read', 'service-unsupported');
        return await serveRead(apdu.value, exchange, context, this.#blocksWithCount);
      case 'writeRequest':
        if (!context.supports('write')) return serviceError('write', 'service-unsupported');
        return await serveWrite(apdu, exchange, context);
      case 'unconfirmedWriteRequest':
        if (context.supports('unconfirmed-write')) await serveWrite(apdu, exchange, context);
        return undefined;
    }
    return exception('service-not-allowed', 'service-not-supported');
  }
}
