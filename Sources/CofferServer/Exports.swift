// Public types whose targets belong to no product of their own.
@_exported public import struct CofferIAM.KeyPair
@_exported public import struct CofferIAM.ServedAccount
@_exported public import struct CofferService.AddressRange
@_exported public import struct CofferService.Log
@_exported public import class CofferService.LogFile
@_exported public import struct CofferService.ServerError
@_exported public import struct CofferSystem.ServiceClock
@_exported public import class CofferSystem.SettableClock
