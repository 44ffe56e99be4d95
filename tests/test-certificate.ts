import { createPrivateKey, X509Certificate } from 'node:crypto';

/** For tabmesh.example, made for this test; no client trusts it. */
const key =
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQggX2ZVttxFOuCOPpbYaHBn424aB1VIY6dQ3UryzDNm7ehRANCAASv2NR7B/0KErzE8JadPxDocCr33NMDlYGbfs5MXFgHXjH10DnpAsuGplmen2NnPPN3YoM4AyhbfLE/HEq1xUML';
const certificate =
  'MIIBpjCCAU2gAwIBAgIUYV7wBnXlB5YfGejf0x0jw3W0zW4wCgYIKoZIzj0EAwIwGjEYMBYGA1UEAwwPdGFibWVzaC5leGFtcGxlMCAXDTI2MTEyMjAzMzYwNFoYDzIxMjYxMDI5MDMzNjA0WjAaMRgwFgYDVQQDDA90YWJtZXNoLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASv2NR7B/0KErzE8JadPxDocCr33NMDlYGbfs5MXFgHXjH10DnpAsuGplmen2NnPPN3YoM4AyhbfLE/HEq1xUMLo28wbTAdBgNVHQ4EFgQUWWCSIyk/OMctoDo+vWToo74gfS0wHwYDVR0jBBgwFoAUWWCSIyk/OMctoDo+vWToo74gfS0wDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgg90YWJtZXNoLmV4YW1wbGUwCgYIKoZIzj0EAwIDRwAwRAIgKgqrHw9gBAzBf0vAVlAzBGCjzZmJ8+tmKUVXLR+MF20CIH92cOgQ9eMozX7MUCunx5flSjhn2ZV0T58GORuNKVhG';

/** As PEM. */
export const testCertificate = (): { key: string; cert: string } => ({
  key: createPrivateKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString(),
  cert: new X509Certificate(Buffer.from(certificate, 'base64')).toString(),
});
