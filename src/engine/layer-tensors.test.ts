import { expect, test } from 'vitest';
import type { TensorInfo } from '../model/model.ts';
import { mapRoles, rangeRoles } from './layer-tensors.ts';
import { allArchitectures, tinyModel } from './tiny-model.ts';

const range = { first: 0, last: 4 };

test.each(allArchitectures)(
  '%s: every tensor of a layer has a role, and one of a wrong shape is refused',
  architecture => {
    const { model } = tinyModel(architecture);
    const names = rangeRoles(model, range).flatMap(roles => {
      const mapped = mapRoles<string, string>(roles, tensorName, tensorName);
      return Object.values({ ...mapped });
    });
    const own = [...model.tensors.keys()].filter(name => name.startsWith('blk.'));
    expect(new Set(names.filter(name => name.startsWith('blk.')))).toEqual(new Set(own));
    for (const name of own) {
      const tensor = model.tensors.get(name)!;
      const tensors = new Map(model.tensors).set(name, { ...tensor, shape: tensor.shape.with(-1, 48) });
      expect(() => rangeRoles({ ...model, tensors }, range)).toThrow(
        expect.objectContaining({ kind: 'corrupt', reason: expect.stringContaining(name) }),
      );
    }
  },
);

const tensorName = ({ name }: TensorInfo) => name;
