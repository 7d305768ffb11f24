package s3

import (
	"os"
	"path/filepath"
)

// About says where the environment leads: the store's address and region, and what decides that and who asks, by name and never by value.
type About struct {
	Address string   `json:"address"`
	Region  string   `json:"region,omitempty"`
	From    []string `json:"from"` // variables that are set, and files that are there
}

// variables are those that are read.
var variables = []string{
	"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
	"AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
	"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_EC2_METADATA_DISABLED",
}

// Environment looks around and asks nobody.
func Environment(get func(string) string) About {
	e := environment(get)
	a := About{Address: shown(e.address), Region: e.region, From: []string{}}
	for _, name := range variables {
		if get(name) != "" {
			a.From = append(a.From, name)
		}
	}
	credentials := get("AWS_SHARED_CREDENTIALS_FILE")
	if home, err := os.UserHomeDir(); err == nil && credentials == "" {
		credentials = filepath.Join(home, ".aws", "credentials")
	}
	for _, file := range []string{credentials, configFile(get)} {
		if info, err := os.Stat(file); err == nil && !info.IsDir() {
			a.From = append(a.From, file)
		}
	}
	return a
}
