package golden

func verifyFiles(folder, model string, o Options, keep func(*Report, error) error) error { return nil }
func verifySmol(folder, model string, o Options, keep func(*Report, error) error) error  { return nil }
