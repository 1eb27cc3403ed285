import CofferModel

extension Authorized {
    /// Refuses a write with a customer's key if the bucket blocks SSE-C.
    ///
    /// - Throws: `AccessDenied`.
    ///
    /// Source: S3 User Guide, "Blocking or unblocking SSE-C for a general purpose bucket".
    func requireUnblocked(_ key: CustomerProvidedKey?) throws(S3Error) {
        guard key != nil, try state.encryption?.blocksCustomerKeys == true else { return }
        throw S3Error(.accessDenied).withDenialReason(
            "the bucket blocks SSE-C (PutBucketEncryption)", isDisclosed: false)
    }
}
