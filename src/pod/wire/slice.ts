// @ts-nocheck
// Made by `npm run proto` from src/pod/wire/slice.proto.
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface SliceMessage {
  ask?: Ask
  inventory?: Inventory
  want?: Want
  piece?: Piece
  refusal?: Refusal
  cancel?: Cancel
}

export namespace SliceMessage {
  let _codec: Codec<SliceMessage>

  export const codec = (): Codec<SliceMessage> => {
    if (_codec == null) {
      _codec = message<SliceMessage>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        obj = { ...obj }

        if (obj.cancel != null) {
          obj.refusal = undefined
          obj.piece = undefined
          obj.want = undefined
          obj.inventory = undefined
          obj.ask = undefined
        }

        if (obj.refusal != null) {
          obj.cancel = undefined
          obj.piece = undefined
          obj.want = undefined
          obj.inventory = undefined
          obj.ask = undefined
        }

        if (obj.piece != null) {
          obj.cancel = undefined
          obj.refusal = undefined
          obj.want = undefined
          obj.inventory = undefined
          obj.ask = undefined
        }

        if (obj.want != null) {
          obj.cancel = undefined
          obj.refusal = undefined
          obj.piece = undefined
          obj.inventory = undefined
          obj.ask = undefined
        }

        if (obj.inventory != null) {
          obj.cancel = undefined
          obj.refusal = undefined
          obj.piece = undefined
          obj.want = undefined
          obj.ask = undefined
        }

        if (obj.ask != null) {
          obj.cancel = undefined
          obj.refusal = undefined
          obj.piece = undefined
          obj.want = undefined
          obj.inventory = undefined
        }

        if (obj.ask != null) {
          w.uint32(10)
          Ask.codec().encode(obj.ask, w)
        }

        if (obj.inventory != null) {
          w.uint32(18)
          Inventory.codec().encode(obj.inventory, w)
        }

        if (obj.want != null) {
          w.uint32(26)
          Want.codec().encode(obj.want, w)
        }

        if (obj.piece != null) {
          w.uint32(34)
          Piece.codec().encode(obj.piece, w)
        }

        if (obj.refusal != null) {
          w.uint32(42)
          Refusal.codec().encode(obj.refusal, w)
        }

        if (obj.cancel != null) {
          w.uint32(50)
          Cancel.codec().encode(obj.cancel, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.ask = Ask.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ask
              })
              break
            }
            case 2: {
              obj.inventory = Inventory.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.inventory
              })
              break
            }
            case 3: {
              obj.want = Want.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.want
              })
              break
            }
            case 4: {
              obj.piece = Piece.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.piece
              })
              break
            }
            case 5: {
              obj.refusal = Refusal.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.refusal
              })
              break
            }
            case 6: {
              obj.cancel = Cancel.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.cancel
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        if (obj.cancel != null) {
          delete obj.refusal
          delete obj.piece
          delete obj.want
          delete obj.inventory
          delete obj.ask
        }

        if (obj.refusal != null) {
          delete obj.cancel
          delete obj.piece
          delete obj.want
          delete obj.inventory
          delete obj.ask
        }

        if (obj.piece != null) {
          delete obj.cancel
          delete obj.refusal
          delete obj.want
          delete obj.inventory
          delete obj.ask
        }

        if (obj.want != null) {
          delete obj.cancel
          delete obj.refusal
          delete obj.piece
          delete obj.inventory
          delete obj.ask
        }

        if (obj.inventory != null) {
          delete obj.cancel
          delete obj.refusal
          delete obj.piece
          delete obj.want
          delete obj.ask
        }

        if (obj.ask != null) {
          delete obj.cancel
          delete obj.refusal
          delete obj.piece
          delete obj.want
          delete obj.inventory
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * Ask.codec().stream(reader, reader.uint32(), `${prefix}.ask`, {
                limits: opts.limits?.ask
              })

              break
            }
            case 2: {
              yield * Inventory.codec().stream(reader, reader.uint32(), `${prefix}.inventory`, {
                limits: opts.limits?.inventory
              })

              break
            }
            case 3: {
              yield * Want.codec().stream(reader, reader.uint32(), `${prefix}.want`, {
                limits: opts.limits?.want
              })

              break
            }
            case 4: {
              yield * Piece.codec().stream(reader, reader.uint32(), `${prefix}.piece`, {
                limits: opts.limits?.piece
              })

              break
            }
            case 5: {
              yield * Refusal.codec().stream(reader, reader.uint32(), `${prefix}.refusal`, {
                limits: opts.limits?.refusal
              })

              break
            }
            case 6: {
              yield * Cancel.codec().stream(reader, reader.uint32(), `${prefix}.cancel`, {
                limits: opts.limits?.cancel
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface SliceMessageAskModelFieldEvent {
    field: '$.ask.model'
    value: string
  }

  export interface SliceMessageInventoryStatementFieldEvent {
    field: '$.inventory.statement'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SliceMessageInventorySignatureFieldEvent {
    field: '$.inventory.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SliceMessageInventoryMoreFieldEvent {
    field: '$.inventory.more'
    value: boolean
  }

  export interface SliceMessageWantIdFieldEvent {
    field: '$.want.id'
    value: number
  }

  export interface SliceMessageWantModelFieldEvent {
    field: '$.want.model'
    value: string
  }

  export interface SliceMessageWantStartFieldEvent {
    field: '$.want.start'
    value: number
  }

  export interface SliceMessageWantEndFieldEvent {
    field: '$.want.end'
    value: number
  }

  export interface SliceMessagePieceIdFieldEvent {
    field: '$.piece.id'
    value: number
  }

  export interface SliceMessagePieceTotalFieldEvent {
    field: '$.piece.total'
    value: number
  }

  export interface SliceMessagePieceBytesFieldEvent {
    field: '$.piece.bytes'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SliceMessageRefusalIdFieldEvent {
    field: '$.refusal.id'
    value: number
  }

  export interface SliceMessageRefusalKindFieldEvent {
    field: '$.refusal.kind'
    value: string
  }

  export interface SliceMessageRefusalReasonFieldEvent {
    field: '$.refusal.reason'
    value: string
  }

  export interface SliceMessageCancelIdFieldEvent {
    field: '$.cancel.id'
    value: number
  }

  export function encode (obj: Partial<SliceMessage>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SliceMessage.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SliceMessage>): SliceMessage {
    return decodeMessage(buf, SliceMessage.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SliceMessage>): Generator<SliceMessageAskModelFieldEvent | SliceMessageInventoryStatementFieldEvent | SliceMessageInventorySignatureFieldEvent | SliceMessageInventoryMoreFieldEvent | SliceMessageWantIdFieldEvent | SliceMessageWantModelFieldEvent | SliceMessageWantStartFieldEvent | SliceMessageWantEndFieldEvent | SliceMessagePieceIdFieldEvent | SliceMessagePieceTotalFieldEvent | SliceMessagePieceBytesFieldEvent | SliceMessageRefusalIdFieldEvent | SliceMessageRefusalKindFieldEvent | SliceMessageRefusalReasonFieldEvent | SliceMessageCancelIdFieldEvent> {
    return streamMessage(buf, SliceMessage.codec(), opts)
  }
}

export interface Ask {
  model: string
}

export namespace Ask {
  let _codec: Codec<Ask>

  export const codec = (): Codec<Ask> => {
    if (_codec == null) {
      _codec = message<Ask>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.model != null && obj.model !== '')) {
          w.uint32(10)
          w.string(obj.model)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          model: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.model = reader.string()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.model`,
                value: reader.string()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface AskModelFieldEvent {
    field: '$.model'
    value: string
  }

  export function encode (obj: Partial<Ask>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Ask.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ask>): Ask {
    return decodeMessage(buf, Ask.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ask>): Generator<AskModelFieldEvent> {
    return streamMessage(buf, Ask.codec(), opts)
  }
}

export interface Inventory {
  statement: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
  more: boolean
}

export namespace Inventory {
  let _codec: Codec<Inventory>

  export const codec = (): Codec<Inventory> => {
    if (_codec == null) {
      _codec = message<Inventory>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.statement != null && obj.statement.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.statement)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.signature)
        }

        if ((obj.more != null && obj.more !== false)) {
          w.uint32(24)
          w.bool(obj.more)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          statement: uint8ArrayAlloc(0),
          signature: uint8ArrayAlloc(0),
          more: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.statement = reader.bytes()
              break
            }
            case 2: {
              obj.signature = reader.bytes()
              break
            }
            case 3: {
              obj.more = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.statement`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.signature`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.more`,
                value: reader.bool()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface InventoryStatementFieldEvent {
    field: '$.statement'
    value: Uint8Array<ArrayBuffer>
  }

  export interface InventorySignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export interface InventoryMoreFieldEvent {
    field: '$.more'
    value: boolean
  }

  export function encode (obj: Partial<Inventory>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Inventory.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Inventory>): Inventory {
    return decodeMessage(buf, Inventory.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Inventory>): Generator<InventoryStatementFieldEvent | InventorySignatureFieldEvent | InventoryMoreFieldEvent> {
    return streamMessage(buf, Inventory.codec(), opts)
  }
}

export interface Statement {
  model: string
  fileBytes: number
  version: string
  entries: Entry[]
}

export namespace Statement {
  let _codec: Codec<Statement>

  export const codec = (): Codec<Statement> => {
    if (_codec == null) {
      _codec = message<Statement>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.model != null && obj.model !== '')) {
          w.uint32(10)
          w.string(obj.model)
        }

        if ((obj.fileBytes != null && obj.fileBytes !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.fileBytes)
        }

        if ((obj.version != null && obj.version !== '')) {
          w.uint32(26)
          w.string(obj.version)
        }

        if (obj.entries != null && obj.entries.length > 0) {
          for (const value of obj.entries) {
            w.uint32(34)
            Entry.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          model: '',
          fileBytes: 0,
          version: '',
          entries: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.model = reader.string()
              break
            }
            case 2: {
              obj.fileBytes = reader.uint64Number()
              break
            }
            case 3: {
              obj.version = reader.string()
              break
            }
            case 4: {
              if (opts.limits?.entries != null && obj.entries.length === opts.limits.entries) {
                throw new MaxLengthError('Decode error - repeated field "entries" had too many elements')
              }

              obj.entries.push(Entry.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.entries$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          entries: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.model`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.fileBytes`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.version`,
                value: reader.string()
              }
              break
            }
            case 4: {
              if (opts.limits?.entries != null && obj.entries === opts.limits.entries) {
                throw new MaxLengthError('Streaming decode error - repeated field "entries" had too many elements')
              }

              for (const evt of Entry.codec().stream(reader, reader.uint32(), `${prefix}.entries[]`, {
                limits: opts.limits?.entries$
              })) {
                yield {
                  ...evt,
                  index: obj.entries
                }
              }

              obj.entries++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface StatementModelFieldEvent {
    field: '$.model'
    value: string
  }

  export interface StatementFileBytesFieldEvent {
    field: '$.fileBytes'
    value: number
  }

  export interface StatementVersionFieldEvent {
    field: '$.version'
    value: string
  }

  export interface StatementEntriesStartFieldEvent {
    field: '$.entries[].start'
    value: number
    index: number
  }

  export interface StatementEntriesEndFieldEvent {
    field: '$.entries[].end'
    value: number
    index: number
  }

  export interface StatementEntriesHashFieldEvent {
    field: '$.entries[].hash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface StatementEntriesReadFieldEvent {
    field: '$.entries[].read'
    value: boolean
    index: number
  }

  export interface StatementEntriesVerifiedFieldEvent {
    field: '$.entries[].verified'
    value: boolean
    index: number
  }

  export function encode (obj: Partial<Statement>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Statement.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Statement>): Statement {
    return decodeMessage(buf, Statement.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Statement>): Generator<StatementModelFieldEvent | StatementFileBytesFieldEvent | StatementVersionFieldEvent | StatementEntriesStartFieldEvent | StatementEntriesEndFieldEvent | StatementEntriesHashFieldEvent | StatementEntriesReadFieldEvent | StatementEntriesVerifiedFieldEvent> {
    return streamMessage(buf, Statement.codec(), opts)
  }
}

export interface Entry {
  start: number
  end: number
  hash: Uint8Array<ArrayBuffer>
  read: boolean
  verified: boolean
}

export namespace Entry {
  let _codec: Codec<Entry>

  export const codec = (): Codec<Entry> => {
    if (_codec == null) {
      _codec = message<Entry>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.start != null && obj.start !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.start)
        }

        if ((obj.end != null && obj.end !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.end)
        }

        if ((obj.hash != null && obj.hash.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.hash)
        }

        if ((obj.read != null && obj.read !== false)) {
          w.uint32(32)
          w.bool(obj.read)
        }

        if ((obj.verified != null && obj.verified !== false)) {
          w.uint32(40)
          w.bool(obj.verified)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          start: 0,
          end: 0,
          hash: uint8ArrayAlloc(0),
          read: false,
          verified: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.start = reader.uint64Number()
              break
            }
            case 2: {
              obj.end = reader.uint64Number()
              break
            }
            case 3: {
              obj.hash = reader.bytes()
              break
            }
            case 4: {
              obj.read = reader.bool()
              break
            }
            case 5: {
              obj.verified = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.start`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.end`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.hash`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.read`,
                value: reader.bool()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.verified`,
                value: reader.bool()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface EntryStartFieldEvent {
    field: '$.start'
    value: number
  }

  export interface EntryEndFieldEvent {
    field: '$.end'
    value: number
  }

  export interface EntryHashFieldEvent {
    field: '$.hash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface EntryReadFieldEvent {
    field: '$.read'
    value: boolean
  }

  export interface EntryVerifiedFieldEvent {
    field: '$.verified'
    value: boolean
  }

  export function encode (obj: Partial<Entry>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Entry.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Entry>): Entry {
    return decodeMessage(buf, Entry.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Entry>): Generator<EntryStartFieldEvent | EntryEndFieldEvent | EntryHashFieldEvent | EntryReadFieldEvent | EntryVerifiedFieldEvent> {
    return streamMessage(buf, Entry.codec(), opts)
  }
}

export interface Want {
  id: number
  model: string
  start: number
  end: number
}

export namespace Want {
  let _codec: Codec<Want>

  export const codec = (): Codec<Want> => {
    if (_codec == null) {
      _codec = message<Want>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.id != null && obj.id !== 0)) {
          w.uint32(8)
          w.uint32(obj.id)
        }

        if ((obj.model != null && obj.model !== '')) {
          w.uint32(18)
          w.string(obj.model)
        }

        if ((obj.start != null && obj.start !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.start)
        }

        if ((obj.end != null && obj.end !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.end)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          id: 0,
          model: '',
          start: 0,
          end: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.id = reader.uint32()
              break
            }
            case 2: {
              obj.model = reader.string()
              break
            }
            case 3: {
              obj.start = reader.uint64Number()
              break
            }
            case 4: {
              obj.end = reader.uint64Number()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.id`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.model`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.start`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.end`,
                value: reader.uint64Number()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WantIdFieldEvent {
    field: '$.id'
    value: number
  }

  export interface WantModelFieldEvent {
    field: '$.model'
    value: string
  }

  export interface WantStartFieldEvent {
    field: '$.start'
    value: number
  }

  export interface WantEndFieldEvent {
    field: '$.end'
    value: number
  }

  export function encode (obj: Partial<Want>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Want.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Want>): Want {
    return decodeMessage(buf, Want.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Want>): Generator<WantIdFieldEvent | WantModelFieldEvent | WantStartFieldEvent | WantEndFieldEvent> {
    return streamMessage(buf, Want.codec(), opts)
  }
}

export interface Piece {
  id: number
  total: number
  bytes: Uint8Array<ArrayBuffer>
}

export namespace Piece {
  let _codec: Codec<Piece>

  export const codec = (): Codec<Piece> => {
    if (_codec == null) {
      _codec = message<Piece>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.id != null && obj.id !== 0)) {
          w.uint32(8)
          w.uint32(obj.id)
        }

        if ((obj.total != null && obj.total !== 0)) {
          w.uint32(16)
          w.uint32(obj.total)
        }

        if ((obj.bytes != null && obj.bytes.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.bytes)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          id: 0,
          total: 0,
          bytes: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.id = reader.uint32()
              break
            }
            case 2: {
              obj.total = reader.uint32()
              break
            }
            case 3: {
              obj.bytes = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.id`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.total`,
                value: reader.uint32()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.bytes`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface PieceIdFieldEvent {
    field: '$.id'
    value: number
  }

  export interface PieceTotalFieldEvent {
    field: '$.total'
    value: number
  }

  export interface PieceBytesFieldEvent {
    field: '$.bytes'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Piece>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Piece.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Piece>): Piece {
    return decodeMessage(buf, Piece.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Piece>): Generator<PieceIdFieldEvent | PieceTotalFieldEvent | PieceBytesFieldEvent> {
    return streamMessage(buf, Piece.codec(), opts)
  }
}

export interface Refusal {
  id: number
  kind: string
  reason: string
}

export namespace Refusal {
  let _codec: Codec<Refusal>

  export const codec = (): Codec<Refusal> => {
    if (_codec == null) {
      _codec = message<Refusal>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.id != null && obj.id !== 0)) {
          w.uint32(8)
          w.uint32(obj.id)
        }

        if ((obj.kind != null && obj.kind !== '')) {
          w.uint32(18)
          w.string(obj.kind)
        }

        if ((obj.reason != null && obj.reason !== '')) {
          w.uint32(26)
          w.string(obj.reason)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          id: 0,
          kind: '',
          reason: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.id = reader.uint32()
              break
            }
            case 2: {
              obj.kind = reader.string()
              break
            }
            case 3: {
              obj.reason = reader.string()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.id`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.kind`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.reason`,
                value: reader.string()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface RefusalIdFieldEvent {
    field: '$.id'
    value: number
  }

  export interface RefusalKindFieldEvent {
    field: '$.kind'
    value: string
  }

  export interface RefusalReasonFieldEvent {
    field: '$.reason'
    value: string
  }

  export function encode (obj: Partial<Refusal>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Refusal.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Refusal>): Refusal {
    return decodeMessage(buf, Refusal.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Refusal>): Generator<RefusalIdFieldEvent | RefusalKindFieldEvent | RefusalReasonFieldEvent> {
    return streamMessage(buf, Refusal.codec(), opts)
  }
}

export interface Cancel {
  id: number
}

export namespace Cancel {
  let _codec: Codec<Cancel>

  export const codec = (): Codec<Cancel> => {
    if (_codec == null) {
      _codec = message<Cancel>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.id != null && obj.id !== 0)) {
          w.uint32(8)
          w.uint32(obj.id)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          id: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.id = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.id`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface CancelIdFieldEvent {
    field: '$.id'
    value: number
  }

  export function encode (obj: Partial<Cancel>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Cancel.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Cancel>): Cancel {
    return decodeMessage(buf, Cancel.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Cancel>): Generator<CancelIdFieldEvent> {
    return streamMessage(buf, Cancel.codec(), opts)
  }
}

export interface Manifest {
  fileBytes: number
  parts: Part[]
}

export namespace Manifest {
  let _codec: Codec<Manifest>

  export const codec = (): Codec<Manifest> => {
    if (_codec == null) {
      _codec = message<Manifest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.fileBytes != null && obj.fileBytes !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.fileBytes)
        }

        if (obj.parts != null && obj.parts.length > 0) {
          for (const value of obj.parts) {
            w.uint32(18)
            Part.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          fileBytes: 0,
          parts: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.fileBytes = reader.uint64Number()
              break
            }
            case 2: {
              if (opts.limits?.parts != null && obj.parts.length === opts.limits.parts) {
                throw new MaxLengthError('Decode error - repeated field "parts" had too many elements')
              }

              obj.parts.push(Part.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.parts$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          parts: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.fileBytes`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              if (opts.limits?.parts != null && obj.parts === opts.limits.parts) {
                throw new MaxLengthError('Streaming decode error - repeated field "parts" had too many elements')
              }

              for (const evt of Part.codec().stream(reader, reader.uint32(), `${prefix}.parts[]`, {
                limits: opts.limits?.parts$
              })) {
                yield {
                  ...evt,
                  index: obj.parts
                }
              }

              obj.parts++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ManifestFileBytesFieldEvent {
    field: '$.fileBytes'
    value: number
  }

  export interface ManifestPartsStartFieldEvent {
    field: '$.parts[].start'
    value: number
    index: number
  }

  export interface ManifestPartsEndFieldEvent {
    field: '$.parts[].end'
    value: number
    index: number
  }

  export interface ManifestPartsHashFieldEvent {
    field: '$.parts[].hash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<Manifest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Manifest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Manifest>): Manifest {
    return decodeMessage(buf, Manifest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Manifest>): Generator<ManifestFileBytesFieldEvent | ManifestPartsStartFieldEvent | ManifestPartsEndFieldEvent | ManifestPartsHashFieldEvent> {
    return streamMessage(buf, Manifest.codec(), opts)
  }
}

export interface Part {
  start: number
  end: number
  hash: Uint8Array<ArrayBuffer>
}

export namespace Part {
  let _codec: Codec<Part>

  export const codec = (): Codec<Part> => {
    if (_codec == null) {
      _codec = message<Part>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.start != null && obj.start !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.start)
        }

        if ((obj.end != null && obj.end !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.end)
        }

        if ((obj.hash != null && obj.hash.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.hash)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          start: 0,
          end: 0,
          hash: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.start = reader.uint64Number()
              break
            }
            case 2: {
              obj.end = reader.uint64Number()
              break
            }
            case 3: {
              obj.hash = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.start`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.end`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.hash`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface PartStartFieldEvent {
    field: '$.start'
    value: number
  }

  export interface PartEndFieldEvent {
    field: '$.end'
    value: number
  }

  export interface PartHashFieldEvent {
    field: '$.hash'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Part>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Part.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Part>): Part {
    return decodeMessage(buf, Part.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Part>): Generator<PartStartFieldEvent | PartEndFieldEvent | PartHashFieldEvent> {
    return streamMessage(buf, Part.codec(), opts)
  }
}
