/** A string or number that says what it is for, so that one id is never passed where another is meant. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };

/** libp2p peer id as text: who to dial and who said something. */
export type PeerId = Brand<string, 'PeerId'>;
/** Names a model's bytes: its source and size, so that equal ids mean equal layers. */
export type ModelId = Brand<string, 'ModelId'>;
/** 16 random bytes as hex, made by the requester: one conversation through a chain of stages. */
export type SessionId = Brand<string, 'SessionId'>;
/** 16 random bytes as hex: one group of peers. */
export type PodId = Brand<string, 'PodId'>;
