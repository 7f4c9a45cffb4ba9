// Arrays that Python packed: one Bytes trait holds the float64 numbers, one Dict trait their places and shapes.

export function unpackArrays(bytes, index) {
  // A trait's bytes may begin anywhere in a message, and a Float64Array must begin at a multiple of eight.
  const numbers = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const arrays = {};
  for (const [name, { offset, shape }] of Object.entries(index)) {
    const size = shape.reduce((product, length) => product * length, 1);
    arrays[name] = { shape, values: numbers.subarray(offset, offset + size) };
  }
  return arrays;
}
