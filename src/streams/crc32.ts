// CRC-32 values are polynomials over GF(2), modulo the CRC polynomial, with the coefficient of x^0 in the highest bit.
// Appending n bytes to a message multiplies its CRC by x^(8n); so the CRC of two parts together follows from their own.
const POLYNOMIAL = 0xedb88320;
const ONE = 0x80000000;
const X_TO_THE_8 = ONE >>> 8;

/** The factor by which appending `length` bytes multiplies a CRC-32. Takes about log2(length) multiplications. */
export function crc32Shift(length: number): number {
  let factor = ONE;
  let square = X_TO_THE_8;
  for (let rest = length; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) factor = multiply(factor, square);
    square = multiply(square, square);
  }
  return factor >>> 0;
}

/**
 * The CRC-32 of two concatenated byte strings, from the CRC-32 of each. zlib calls it crc32_combine.
 *
 * @param shift `crc32Shift` of the length of the second string
 */
export function crc32Combine(first: number, second: number, shift: number): number {
  return (multiply(shift, first) ^ second) >>> 0;
}

function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= shifted;
    shifted = (shifted & 1) === 0 ? shifted >>> 1 : (shifted >>> 1) ^ POLYNOMIAL;
  }
  return product;
}
