// The signs of a Chinese plate: provinces, letters without I and O, digits, and the signs that end some.
export const PROVINCES = [
  ..."京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新港澳学警",
] as const;
export const SIGNS = [..."1234567890ABCDEFGHJKLMNPQRSTUVWXYZ"] as const;
