import { DlmsError } from '../../core/errors.js';
import type { MaybePromise } from '../../core/promise.js';

/** How to reach a token. */
export interface Pkcs11Options {
  /** Path of the module's PKCS#11 library, e.g. `/usr/lib/softhsm/libsofthsm2.so`. */
  readonly library: string;
  /** Label of the token; no other token may have it. */
  readonly token: string;
  /**
   * PIN of the user; used once, not kept. The module checks it, which it does not where this process is logged in to
   * the token already: so a token is open only once per process, and a second time is refused.
   */
  readonly pin: string;
  /**
   * Runs operations one after the other on another thread and answers with promises (for a module on the network).
   * Default: false, synchronous.
   */
  readonly background?: boolean;
}

/** Handle of an object or session, as pkcs11js returns it. */
export type Handle = Buffer;
export type Template = readonly { readonly type: number; readonly value?: number | boolean | string | Buffer }[];
export interface Mechanism {
  readonly mechanism: number;
  readonly parameter?: object;
}
/** Constants of the interface, by their names in the standard. */
export type Constants = Readonly<Record<ConstantName, number>>;
type ConstantName =
  | `CKA_${'CLASS' | 'TOKEN' | 'PRIVATE' | 'LABEL' | 'VALUE' | 'KEY_TYPE' | 'SENSITIVE' | 'ENCRYPT' | 'DECRYPT' | 'WRAP' | 'UNWRAP' | 'SIGN' | 'VERIFY'}`
  | `CKA_${'DERIVE' | 'VALUE_LEN' | 'EXTRACTABLE' | 'MODIFIABLE' | 'EC_PARAMS' | 'EC_POINT'}`
  | `CKO_${'SECRET_KEY' | 'PRIVATE_KEY' | 'PUBLIC_KEY'}`
  | `CKK_${'AES' | 'GENERIC_SECRET' | 'EC'}`
  | `CKM_${'AES_GCM' | 'AES_ECB' | 'AES_KEY_WRAP' | 'AES_KEY_WRAP_PAD' | 'AES_KEY_GEN' | 'ECDSA' | 'ECDH1_DERIVE' | 'EC_KEY_PAIR_GEN' | 'MD5' | 'SHA_1' | 'SHA256' | 'SHA384'}`
  | `CK_PARAMS_${'AES_GCM' | 'EC_DH'}`
  | 'CKD_NULL'
  | `CKF_${'SERIAL_SESSION' | 'RW_SESSION' | 'OS_LOCKING_OK'}`
  | 'CKU_USER';

/** The functions of pkcs11js used here; those that compute have a second form, named `…Async`. */
type Library = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/**
 * A token, logged in, with two sessions: keys belong to the first; operations run in the second, which is replaced when
 * one fails half-way.
 */
export class Token {
  readonly constants: Constants;
  readonly #library: Library;
  readonly #slot: Handle;
  readonly #objects: Handle;
  #operations: Handle;
  readonly #background: boolean;
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(library: Library, constants: Constants, slot: Handle, options: Pkcs11Options) {
    this.#library = library;
    this.constants = constants;
    this.#slot = slot;
    this.#background = options.background === true;
    this.#objects = this.#open();
    try {
      this.#sync('C_Login', this.#objects, constants.CKU_USER, options.pin);
    } catch (e) {
      // Also when the process is logged in already: the module has not looked at the PIN then.
      this.#abandon(this.#objects);
      throw e;
    }
    try {
      this.#operations = this.#open();
    } catch (e) {
      this.#abandon(this.#objects);
      throw e;
    }
  }
  #open(): Handle {
    return this.#sync('C_OpenSession', this.#slot, this.constants.CKF_SERIAL_SESSION | this.constants.CKF_RW_SESSION);
  }
  /** Closes a session after something went wrong in it, which is what is to be told. */
  #abandon(session: Handle): void {
    try {
      this.#sync('C_CloseSession', session);
    } catch {}
  }
  /** Runs something in a session of its own. */
  #apart<R>(use: (session: Handle) => R): R {
    const session = this.#open();
    let result: R;
    try {
      result = use(session);
    } catch (e) {
      this.#abandon(session);
      throw e;
    }
    this.#sync('C_CloseSession', session);
    return result;
  }
  #sync<R>(name: string, ...args: readonly unknown[]): R {
    if (this.#closed)
      throw new DlmsError('security/provider', {
        provider: 'pkcs11',
        operation: name,
        reason: 'the provider is closed',
      });
    try {
      return (this.#library[name] as (...a: readonly unknown[]) => R)(...args);
    } catch (e) {
      throw translated(e, name);
    }
  }

  random(n: number): Uint8Array {
    return n === 0
      ? new Uint8Array(0)
      : new Uint8Array(this.#sync<Buffer>('C_GenerateRandom', this.#objects, Buffer.alloc(n)));
  }
  create(template: Template): Handle {
    return this.#sync('C_CreateObject', this.#objects, template);
  }
  /** Ignores what the module refuses: an object that is already gone need not be deleted. */
  destroy(object: Handle): void {
    if (this.#closed) return;
    try {
      this.#sync('C_DestroyObject', this.#objects, object);
    } catch (e) {
      if (!isReason(e)) throw e;
    }
  }
  /** All objects that match. */
  find(template: Template): readonly Handle[] {
    const found: Handle[] = [];
    this.#sync('C_FindObjectsInit', this.#objects, template);
    try {
      for (;;) {
        const more = this.#sync<Handle[]>('C_FindObjects', this.#objects, 64);
        if (more.length === 0) break;
        found.push(...more);
      }
    } catch (e) {
      try {
        this.#sync('C_FindObjectsFinal', this.#objects);
      } catch {}
      throw e;
    }
    this.#sync('C_FindObjectsFinal', this.#objects);
    return found;
  }
  attribute(object: Handle, type: number): Uint8Array {
    const [found] = this.#sync<{ value: Buffer }[]>('C_GetAttributeValue', this.#objects, object, [{ type }]);
    if (found === undefined) return new Uint8Array(0);
    const octets = new Uint8Array(found.value);
    // It may be a secret, so only one copy is kept.
    found.value.fill(0);
    return octets;
  }

  /** Encrypts one block synchronously in a session of its own, without disturbing operations in the background. */
  encryptNow(mechanism: Mechanism, key: Handle, block: Buffer): Uint8Array {
    return this.#apart((session) => {
      this.#sync('C_EncryptInit', session, mechanism, key);
      return view(this.#sync<Buffer>('C_Encrypt', session, block, Buffer.alloc(block.length)));
    });
  }
  /** Wraps one object under a key, in the same way. */
  wrapNow(mechanism: Mechanism, key: Handle, object: Handle, length: number): Uint8Array {
    return this.#apart((session) =>
      view(this.#sync<Buffer>('C_WrapKey', session, mechanism, key, object, Buffer.alloc(length))),
    );
  }
  /** Calls a function that does everything in one step: generate, derive, wrap. */
  call<R>(name: string, ...args: readonly unknown[]): MaybePromise<R> {
    return this.#exclusive(() => this.#finish<R>(name, [this.#objects, ...args]));
  }
  /** The same for unwrapping; undefined when the module says that the octets are wrong. */
  tryCall<R>(name: string, ...args: readonly unknown[]): MaybePromise<R | undefined> {
    return settled<R | undefined>(
      () => this.call<R>(name, ...args),
      (e) => refusedOctets(e),
    );
  }
  /**
   * Starts an operation, then gives it its data. With `lenient`, undefined when the module says that the octets are
   * wrong.
   */
  run(
    kind: string,
    init: readonly [Mechanism, Handle],
    name: string,
    args: readonly Buffer[],
  ): MaybePromise<Uint8Array>;
  run(
    kind: string,
    init: readonly [Mechanism, Handle],
    name: string,
    args: readonly Buffer[],
    lenient: true,
  ): MaybePromise<Uint8Array | undefined>;
  run(
    kind: string,
    init: readonly [Mechanism, Handle],
    name: string,
    args: readonly Buffer[],
    lenient = false,
  ): MaybePromise<Uint8Array | undefined> {
    return this.#exclusive(() =>
      this.#orReplaced(() => {
        this.#sync(`C_${kind}Init`, this.#operations, ...init);
        return this.#octets(name, args);
      }, lenient),
    );
  }
  /** Hashes octets, and keys that do not leave the module. */
  digest(
    mechanism: Mechanism,
    parts: readonly ({ readonly key: Handle } | { readonly data: Buffer })[],
  ): MaybePromise<Uint8Array> {
    return this.#exclusive(() =>
      this.#orReplaced(() => {
        this.#sync('C_DigestInit', this.#operations, mechanism);
        for (const part of parts) {
          if ('key' in part) this.#sync('C_DigestKey', this.#operations, part.key);
          else this.#sync('C_DigestUpdate', this.#operations, part.data);
        }
        return this.#octets('C_DigestFinal', [Buffer.alloc(64)]);
      }, false),
    ) as MaybePromise<Uint8Array>;
  }
  close(): void {
    if (this.#closed) return;
    for (const session of [this.#operations, this.#objects]) {
      try {
        this.#sync('C_CloseSession', session);
      } catch (e) {
        if (!isReason(e)) throw e;
      }
    }
    this.#closed = true;
  }

  #octets(name: string, args: readonly Buffer[]): MaybePromise<Uint8Array> {
    const out = this.#finish<Buffer>(name, [this.#operations, ...args]);
    return out instanceof Promise ? out.then(view) : view(out);
  }
  #finish<R>(name: string, args: readonly unknown[]): MaybePromise<R> {
    if (!this.#background) return this.#sync<R>(name, ...args);
    return this.#sync<Promise<R>>(`${name}Async`, ...args).catch((e: unknown) => {
      throw translated(e, name);
    });
  }
  /** Runs one operation at a time: in the background they wait for each other. */
  #exclusive<R>(use: () => MaybePromise<R>): MaybePromise<R> {
    if (!this.#background) return use();
    const result = this.#queue.then(use);
    this.#queue = result.catch(() => undefined);
    return result;
  }
  /** An operation that failed half-way would stay active in its session, so the session is replaced. */
  #orReplaced(use: () => MaybePromise<Uint8Array>, lenient: boolean): MaybePromise<Uint8Array | undefined> {
    return settled<Uint8Array | undefined>(use, (e) => {
      if (!isReason(e) && !(e instanceof DlmsError)) return false;
      if (!this.#closed) {
        this.#abandon(this.#operations);
        try {
          this.#operations = this.#open();
        } catch {
          // The next operation fails in the old session, and tries again to replace it.
        }
      }
      return lenient && refusedOctets(e);
    });
  }
}

/** Loads pkcs11js and the library of the module, and opens the token. */
export async function openToken(options: Pkcs11Options): Promise<Token> {
  const specifier: string = 'pkcs11js';
  let pkcs11js: Constants & { readonly PKCS11: new () => Library };
  try {
    const loaded = (await import(specifier)) as { default?: unknown };
    pkcs11js = (loaded.default ?? loaded) as typeof pkcs11js;
  } catch {
    throw new DlmsError('security/unsupported', {
      what: 'PKCS#11 without the package pkcs11js (an optional peer dependency)',
    });
  }
  const library = bound(new pkcs11js.PKCS11());
  const call = <R>(name: string, ...args: readonly unknown[]): R => {
    try {
      return (library[name] as (...a: readonly unknown[]) => R)(...args);
    } catch (e) {
      throw translated(e, name);
    }
  };
  call('load', options.library);
  try {
    call('C_Initialize', { flags: pkcs11js.CKF_OS_LOCKING_OK });
  } catch (e) {
    if (!isReason(e, 'CKR_CRYPTOKI_ALREADY_INITIALIZED')) throw e;
  }
  const slots = call<Handle[]>('C_GetSlotList', true).filter(
    (slot) => call<{ label: string }>('C_GetTokenInfo', slot).label.trimEnd() === options.token,
  );
  const [slot] = slots;
  if (slot === undefined || slots.length > 1)
    throw new DlmsError('security/provider', {
      provider: 'pkcs11',
      operation: 'C_GetSlotList',
      reason: `${slots.length === 0 ? 'no token' : 'several tokens'} labelled ${JSON.stringify(options.token)}`,
    });
  return new Token(library, pkcs11js, slot, options);
}

/** Binds the methods, which are on the prototype, to their object. */
function bound(object: Library): Library {
  return new Proxy(object, {
    get: (target, name) => (typeof name === 'string' ? target[name]?.bind(target) : undefined),
  });
}

/** The same octets as a Buffer. */
export const buffer = (octets: Uint8Array): Buffer => Buffer.from(octets.buffer, octets.byteOffset, octets.length);

/** The same octets as a plain Uint8Array, whose slice is a copy. */
const view = (b: Buffer): Uint8Array => new Uint8Array(b.buffer, b.byteOffset, b.length);

/** The value, or undefined when it fails in a way that `accept` treats as an answer. */
function settled<R>(use: () => MaybePromise<R>, accept: (e: unknown) => boolean): MaybePromise<R | undefined> {
  const failed = (e: unknown): undefined => {
    if (!accept(e)) throw e;
    return undefined;
  };
  try {
    const result = use();
    return result instanceof Promise ? result.catch(failed) : result;
  } catch (e) {
    return failed(e);
  }
}

/** Passes on only the return code of the module, a name from the standard, and nothing else of its error. */
function translated(e: unknown, operation: string): unknown {
  if (e instanceof DlmsError || !(e instanceof Error)) return e;
  const reason = /CKR_[A-Z0-9_]+/.exec(e.message)?.[0];
  if (reason === undefined)
    return new DlmsError('security/provider', {
      provider: 'pkcs11',
      operation,
      reason: operation === 'load' ? 'the library cannot be loaded' : 'no answer from the module',
    });
  return keyReasons.has(reason)
    ? new DlmsError('security/invalid-key', { reason: `the token refuses the key for ${operation}: ${reason}` })
    : new DlmsError('security/provider', { provider: 'pkcs11', operation, reason });
}
function isReason(e: unknown, reason?: string): boolean {
  return (
    e instanceof DlmsError &&
    e.code === 'security/provider' &&
    (reason === undefined || (e.context as { reason: string }).reason === reason)
  );
}
const refusedOctets = (e: unknown): boolean =>
  e instanceof DlmsError && e.code === 'security/provider' && wrongOctets.has((e.context as { reason: string }).reason);

const keyReasons: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'CKR_KEY_HANDLE_INVALID',
  'CKR_OBJECT_HANDLE_INVALID',
  'CKR_KEY_FUNCTION_NOT_PERMITTED',
  'CKR_KEY_TYPE_INCONSISTENT',
  'CKR_KEY_SIZE_RANGE',
  'CKR_KEY_UNEXTRACTABLE',
  'CKR_KEY_NOT_WRAPPABLE',
  'CKR_KEY_INDIGESTIBLE',
  'CKR_UNWRAPPING_KEY_HANDLE_INVALID',
  'CKR_WRAPPING_KEY_HANDLE_INVALID',
  'CKR_ATTRIBUTE_SENSITIVE',
]);
/**
 * What modules answer for a tag or wrapped key that does not verify. SoftHSM says "general error" for both, so that
 * counts too: the message is refused either way.
 */
const wrongOctets: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'CKR_GENERAL_ERROR',
  'CKR_ENCRYPTED_DATA_INVALID',
  'CKR_ENCRYPTED_DATA_LEN_RANGE',
  'CKR_AEAD_DECRYPT_FAILED',
  'CKR_SIGNATURE_INVALID',
  'CKR_WRAPPED_KEY_INVALID',
  'CKR_WRAPPED_KEY_LEN_RANGE',
]);
